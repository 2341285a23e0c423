"""The bibliography is complete and every citation is in it, as functions that return problems."""

import re

from pybtex.database import parse_string

REQUIRED = {
    "article": ("author", "title", "journal", "year"),
    "book": ("title", "publisher", "year"),
    "inproceedings": ("author", "title", "booktitle", "year"),
    "incollection": ("author", "title", "booktitle", "publisher", "year"),
    "phdthesis": ("author", "title", "school", "year"),
    "techreport": ("author", "title", "institution", "year"),
    "misc": ("title", "year"),
}
DOI = r"10\.\d{4,9}/\S+"


def cited_keys(text):
    roles = re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text)
    return {key.strip() for role in roles for key in role.split(",")}


def unknown_citations(text, bibliography):
    """``bibliography`` is the text of the .bib file."""
    known = set(parse_string(bibliography, "bibtex").entries)
    return [f"{key!r} is cited and is not in references.bib" for key in cited_keys(text) - known]


def incomplete_entries(bibliography):
    problems = []
    for key, entry in parse_string(bibliography, "bibtex").entries.items():
        has = {name.lower() for name in entry.fields} | {role.lower() for role in entry.persons}
        if entry.type not in REQUIRED:
            problems.append(f"{key}: unknown type @{entry.type}")
        absent = [name for name in REQUIRED.get(entry.type, ()) if name not in has]
        problems += [f"{key}: no {name}" for name in absent]
        if not {"author", "editor", "organization"} & has:
            problems.append(f"{key}: no author, editor or organization")
        if not {"doi", "url", "isbn"} & has:
            problems.append(f"{key}: neither doi nor url nor isbn")
        doi = entry.fields.get("doi", "")
        if doi and not re.fullmatch(DOI, doi):
            problems.append(f"{key}: {doi!r} is not a DOI; write 10.…/…, without https://doi.org/")
    return problems
