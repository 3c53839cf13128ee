"""Operations: parsed, validated, limited, priced and run."""
