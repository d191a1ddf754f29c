"""From the exchange into Kafka, and from Kafka into Redis and MongoDB."""
