"""A believable England: synthetic people, their stories, and the devices that tell them."""
