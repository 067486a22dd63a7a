import pathlib
pathlib.Path("/data/alive").write_text("yes")
