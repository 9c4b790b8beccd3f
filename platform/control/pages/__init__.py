"""What visitors and search engines are shown under a region's names: fetched safely, compared, judged, kept."""
