"""Promises put to the test: processes killed, disks filled, nonsense sent, again and again; what was seen is counted."""
