"""Measurements that back the figures; run alone, one at a time, on an otherwise idle machine."""
