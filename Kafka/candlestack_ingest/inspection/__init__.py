"""Looking into the running platform: topics, their records, the lag of their readers, and books. Changes nothing."""
