"""What writes the exchange's data into Kafka."""
