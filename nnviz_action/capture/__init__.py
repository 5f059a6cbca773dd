"""Everything that runs the user's code and torch. Started as a process by `worker`, imported by nobody."""
