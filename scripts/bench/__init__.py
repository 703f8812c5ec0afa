"""What a transition, the desk and a certificate cost, beside what one would compare them with."""
