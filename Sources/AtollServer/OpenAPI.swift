// SPDX-License-Identifier: Apache-2.0

/// The API's OpenAPI document: `openapi.json`, carried in the binary so that there is no file to
/// lose.
public enum OpenAPI {
    /// The document's bytes.
    public static var document: [UInt8] { PackageResources.openapi_json }
}
