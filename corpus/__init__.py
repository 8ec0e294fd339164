"""What may be said: records, guides, FAQs and places, and the snapshots that publish them."""
