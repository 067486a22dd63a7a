import os
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy

folder = os.environ["MODEL_CACHE_DIR"]
os.makedirs(folder, exist_ok=True)
weights = os.path.join(folder, "weights.npy")
if not os.path.exists(weights):
    numpy.save(weights, numpy.arange(4.0))


class Predict(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"prediction {numpy.load(weights).sum()}".encode())


HTTPServer(("", 9000), Predict).serve_forever()
