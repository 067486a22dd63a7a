from http.server import BaseHTTPRequestHandler, HTTPServer

from shared import QUEUE


class Web(BaseHTTPRequestHandler):
    def do_GET(self):
        with open(QUEUE, "a") as queue:
            queue.write(self.path + "\n")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"queued")


HTTPServer(("", 8000), Web).serve_forever()
