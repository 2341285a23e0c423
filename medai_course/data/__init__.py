"""Real and simulated medical data, each with a data statement.

``load_...`` and ``simulate_...`` return a :class:`~medai_course.data.base.Dataset`: observations,
whose they are, and where they come from.  :func:`~medai_course.data.download.fetch` gets the files
of public data sets.  Nothing is imported until it is asked for.
"""

from importlib import import_module

_MODULE_OF = {
    "Dataset": "base",
    "DataStatement": "base",
    "DicomImage": "dicom",
    "ECGRecording": "recording",
    "available": "registry",
    "data_dir": "registry",
    "entry": "registry",
    "fetch": "download",
    "flutter_intervals": "mitdb",
    "load_actg175": "actg175",
    "load_cgm_hall2018": "cgm_hall2018",
    "load_diabetes": "installed",
    "load_dicom_examples": "dicom",
    "load_ecg_scipy": "ecg_scipy",
    "load_gbsg2": "survival_trials",
    "load_heart_disease": "heart_disease",
    "load_insurance": "insurance",
    "load_medmnist": "medmnist",
    "load_mitdb": "mitdb",
    "load_physionet2012": "physionet2012",
    "load_pneumoniamnist": "medmnist",
    "load_retinamnist": "medmnist",
    "load_veterans_lung_cancer": "survival_trials",
    "load_wdbc": "installed",
    "load_whas500": "survival_trials",
    "mitdb_records": "mitdb",
    "names": "registry",
    "read_dicom": "dicom",
    "simulate_chest_films": "simulated_chest",
    "simulate_chest_pain": "simulated_chest_pain",
    "simulate_ecg": "simulated_ecg",
    "simulate_ecg_patients": "simulated_ecg",
    "simulate_follow_up": "simulated_follow_up",
    "simulate_patients": "simulated_patients",
    "simulate_vitals": "simulated_vitals",
    "statement": "registry",
}
__all__ = list(_MODULE_OF)


def __getattr__(name):
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)


def __dir__():
    return sorted([*globals(), *__all__])
