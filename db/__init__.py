"""What is stored: tables, the values computed from them, and the functions that read and change them."""
