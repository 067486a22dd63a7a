while :; do id; sleep 60; done
