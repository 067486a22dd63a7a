from flask import Flask, request

app = Flask(__name__)
app.config["UPLOAD_FOLDER"] = "uploads"


@app.post("/")
def save():
    request.files["file"].save("uploads/file")
    return "saved"
