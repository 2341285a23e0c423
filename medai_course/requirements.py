"""Which Python and which packages the course needs, and which are here."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

DISTRIBUTION = "medai-course"


def stated():
    """What pyproject.toml says: from the course's folder, or as it was installed."""
    file = Path(__file__).resolve().parents[1] / "pyproject.toml"
    if file.is_file():
        return tomllib.loads(file.read_text("utf-8"))["project"]
    installed = metadata.metadata(DISTRIBUTION)
    groups = {"": []} | {extra: [] for extra in installed.get_all("Provides-Extra", [])}
    for line in metadata.requires(DISTRIBUTION) or []:
        extra = re.search(r"""extra == ["']([^"']+)["']""", line)
        groups[extra[1] if extra else ""].append(line.split(";")[0].strip())
    return {
        "requires-python": installed["Requires-Python"],
        "dependencies": groups.pop(""),
        "optional-dependencies": groups,
    }


def compared(requirements):
    """What is wrong with the installed versions, and what is right."""
    from packaging.requirements import Requirement

    problems, good = [], []
    for requirement in map(Requirement, requirements):
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            problems.append(f"{requirement.name} is missing")
            continue
        if requirement.specifier.contains(version, prereleases=True):
            good.append(f"{requirement.name} {version}")
        else:
            problems.append(f"{requirement.name} {version} is not {requirement.specifier}")
    return problems, good
