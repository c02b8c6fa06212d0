"""The shell around the decisions: one hand records, one reads bodies, one watches the clock, one acts."""
