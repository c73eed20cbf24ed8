# SPDX-License-Identifier: Apache-2.0
"""What schemathesis is told of Atoll's API: a snapshot travels as the bytes it is."""

import schemathesis

schemathesis.serializer.alias("application/vnd.atoll.snapshot", "application/octet-stream")
