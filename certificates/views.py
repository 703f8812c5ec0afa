def verify(r): pass
def verify_certificate(r,check_code): pass
