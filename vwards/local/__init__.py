"""The demo and the tests on one machine: embedded servers and what starts them."""
