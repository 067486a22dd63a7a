import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Visits(BaseHTTPRequestHandler):
    def do_GET(self):
        with open("data/visits", "a") as file:
            file.write("x")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"visited as {os.getuid()}:{os.getgid()}".encode())


HTTPServer(("", 8080), Visits).serve_forever()
