"""The speed of the product against floors and peers, measured in one run on one machine: `make bench`."""
