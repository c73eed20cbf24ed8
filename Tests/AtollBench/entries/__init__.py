# SPDX-License-Identifier: Apache-2.0
"""What is measured: each module names its entries and prepares them."""
