#!/bin/sh
# Make the virtual environment $1 with the pins of requirements.txt and this package, editable.
set -eu
venv=$1
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || {
  echo "This course needs Python 3.11, 3.12 or 3.13; '$python' is $("$python" -V 2>&1)."
  echo "Install one of them, then: make ... PYTHON=/path/to/python3.12"
  exit 1
}
"$python" -m venv "$venv" || {
  echo "Python's venv module is missing. On Debian and Ubuntu: sudo apt install python3-venv"
  exit 1
}
echo "Setting up $venv (a few GB; once, until the pins in requirements.txt change) ..."
# uv reads its own variable for local package folders, separated by commas
UV_FIND_LINKS=$(echo "${PIP_FIND_LINKS:-}" | tr ' ' ',')
export UV_FIND_LINKS
if "$venv/bin/python" -m pip install -q uv && "$venv/bin/uv" --version >/dev/null; then
  VIRTUAL_ENV=$venv "$venv/bin/uv" pip install -q --python "$venv/bin/python" -r requirements.txt
  VIRTUAL_ENV=$venv "$venv/bin/uv" pip install -q --python "$venv/bin/python" --no-deps -e .
else
  "$venv/bin/python" -m pip install -q -r requirements.txt
  "$venv/bin/python" -m pip install -q --no-deps -e .
fi
