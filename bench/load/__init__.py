"""The load: gateways in a process of their own, whose uploads are made before the clock starts."""
