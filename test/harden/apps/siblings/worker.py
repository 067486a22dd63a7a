import time

from shared import QUEUE

while True:
    with open(QUEUE, "a+") as queue:
        queue.seek(0)
        print(f"{len(queue.readlines())} jobs")
        queue.truncate(0)
    time.sleep(1)
