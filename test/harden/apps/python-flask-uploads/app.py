import os

from flask import Flask, request

app = Flask(__name__)
app.config["UPLOAD_FOLDER"] = "uploads"


@app.post("/<name>")
def save(name):
    os.makedirs(app.config["UPLOAD_FOLDER"], exist_ok=True)
    with open(os.path.join(app.config["UPLOAD_FOLDER"], name), "wb") as file:
        file.write(request.get_data())
    return f"saved {len(request.get_data())} bytes"


@app.get("/")
def names():
    return "uploads: " + " ".join(os.listdir(app.config["UPLOAD_FOLDER"]))
