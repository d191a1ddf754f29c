"""What carries records from Kafka into the stores."""
