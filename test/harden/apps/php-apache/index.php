<?php
echo "hello from PHP as uid ", posix_getuid() === 0 ? "root" : "somebody";
