from python:3.11
run pip install pipenv debugpy watchdog
workdir /workspace
copy Pipfile Pipfile.lock ./
run pipenv install --system --deploy --dev
env PYTHONPATH /workspace
volume /workspace
expose 8000 5678
cmd python -m debugpy --listen 0.0.0.0:5678 -m watchdog.watchmedo auto-restart -d . -p '*.py' -- python main.py
