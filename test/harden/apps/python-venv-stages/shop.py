from flask import Flask

app = Flask(__name__)


@app.get("/")
def shop():
    with open("/var/log/shop/orders.log", "a") as log:
        log.write("order\n")
    with open("/var/log/shop/orders.log") as log:
        return f"{len(log.readlines())} orders"
