"""What any module may need, knowing none of them."""
