import json
import os
import sys


def main():
    with open(sys.argv[1], "w") as file:
        json.dump({"uid": os.getuid()}, file)
    print("report written")
