"""The three backends, found by looking: a new algorithm needs no line here."""

import importlib
import inspect
import pkgutil

import medai_course.scratch
from medai_course.scratch.base import Estimator

BACKENDS = ("scratch", "pytorch", "tensorflow")
FILES = [m.name for m in pkgutil.iter_modules(medai_course.scratch.__path__)]


def module(backend, name):
    return importlib.import_module(f"medai_course.{backend}.{name}")


def public_classes(backend, name):
    """{class name: class} of what a file defines itself."""
    members = inspect.getmembers(module(backend, name), inspect.isclass)
    return {
        key: cls
        for key, cls in members
        if cls.__module__ == f"medai_course.{backend}.{name}" and not key.startswith("_")
    }


def estimators(backend):
    """Every concrete estimator class of a backend."""
    return [
        cls
        for name in ALGORITHM_FILES
        for cls in public_classes(backend, name).values()
        if is_estimator(cls)
    ]


def is_estimator(cls):
    return issubclass(cls, Estimator) and hasattr(cls, "fit") and not inspect.isabstract(cls)


# "base", and every file with an estimator: those that must have a twin in each framework
ALGORITHM_FILES = [
    name
    for name in FILES
    if name == "base" or any(map(is_estimator, public_classes("scratch", name).values()))
]
