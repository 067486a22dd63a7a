from celery import Celery

app = Celery("tasks", broker="filesystem://")
app.conf.broker_transport_options = {
    "data_folder_in": "/var/spool/queue",
    "data_folder_out": "/var/spool/queue",
    "control_folder": "/var/spool/queue",
}
app.conf.beat_schedule = {"tick": {"task": "tasks.tick", "schedule": 1.0}}


@app.task
def tick():
    print("the job ran")
