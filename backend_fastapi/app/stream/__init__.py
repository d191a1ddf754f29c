"""From the Kafka topics to the sockets: the tail, the hub, and the connections."""
