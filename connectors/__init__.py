"""How a department is called (部门对接): manifests, one client, and the suite that proves both.

A department is data: ``catalogue/<department>/connector.yml``. Nothing here knows a department.
"""
