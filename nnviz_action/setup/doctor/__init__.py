"""What this environment has and lacks, each with the command that mends it. Looks only; changes nothing."""
