import os, pathlib
pathlib.Path(os.environ["CACHE_DIR"], "x").write_text("1")
