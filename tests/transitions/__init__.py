"""What may become of an appointment, every state × action × role."""
