"""What views share: middleware, fetching objects, links, fields and template tags."""
