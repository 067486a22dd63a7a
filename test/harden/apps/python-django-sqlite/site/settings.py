from pathlib import Path

BASE_DIR = Path("/app")
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db/site.sqlite3"}}
MEDIA_ROOT = "media"
