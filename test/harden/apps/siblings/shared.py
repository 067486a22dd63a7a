QUEUE = "/queue/jobs"
