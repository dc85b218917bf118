"""What the cloud refuses, whatever the product: the base of all its errors and those of the gateway.

    ApiError                          status, code and message; each product adds its own in its exceptions.py
    ├── MissingParameterError             400 Missing<Name>
    ├── InvalidParameterError             400 InvalidParameter.<Name>
    ├── MissingActionError                400
    ├── InvalidVersionError               400
    ├── InvalidActionNotFoundError        404 InvalidAction.NotFound
    ├── InvalidRegionNotFoundError        404 InvalidRegionId.NotFound
    ├── InvalidZoneNotFoundError          404 InvalidZoneId.NotFound
    ├── IdempotentParameterMismatchError  400
    ├── TooManyTagsError                  400 NumberExceed.Tags
    ├── RequestTooLargeError              413
    ├── InternalError                     500, a defect of the simulator
    └── signatures: SignatureDoesNotMatchError, InvalidAccessKeyIdNotFoundError, SignatureNonceUsedError,
        InvalidTimeStampExpiredError, InvalidTimeStampFormatError, IncompleteSignatureError,
        UnsupportedSignatureError

`core` turns them into the cloud's error body. Sources: spec/signing.md sections 4 and 9.
"""

from __future__ import annotations


class ApiError(Exception):
    """A refusal as the cloud puts it.

    Attributes:
        status: the HTTP status.
        code: the API code that clients branch on.
        message: the sentence for people.
    """

    status: int = 400
    code: str = "InvalidParameterError"
    message: str = "The request is not valid."

    def __init__(self, message: str | None = None) -> None:
        if message is not None:
            self.message = message
        super().__init__(f"{self.code}: {self.message}")


class MissingParameterError(ApiError):
    """A parameter that the action needs is absent or empty."""

    def __init__(self, name: str) -> None:
        self.code = f"Missing{name}"
        super().__init__(f"{name} is mandatory for this action.")


class InvalidParameterError(ApiError):
    """A parameter's value breaks its rule."""

    def __init__(self, name: str, reason: str) -> None:
        self.code = f"InvalidParameter.{name}"
        super().__init__(f"The specified parameter {name} is not valid. {reason}")


class MissingActionError(ApiError):
    """Neither the query, nor the form, nor a header names the action."""

    code = "MissingAction"
    message = "Action is mandatory for this action."


class InvalidVersionError(ApiError):
    """No product has this version."""

    code = "InvalidVersion"
    message = "Specified parameter Version is not valid."


class InvalidActionNotFoundError(ApiError):
    """The product has no such action, or the path is not the API's."""

    status = 404
    code = "InvalidAction.NotFound"
    message = "Specified api is not found, please check your url and method."


class InvalidRegionNotFoundError(ApiError):
    """No such region."""

    status = 404
    code = "InvalidRegionId.NotFound"
    message = "The specified RegionId does not exist."


class InvalidZoneNotFoundError(ApiError):
    """The region has no such zone."""

    status = 404
    code = "InvalidZoneId.NotFound"
    message = "The specified ZoneId does not exist."


class IdempotentParameterMismatchError(ApiError):
    """A ClientToken came again with other parameters."""

    code = "IdempotentParameterMismatch"
    message = "The request uses the same client token as a previous, but non-identical request."


class TooManyTagsError(ApiError):
    """A resource would carry more than 20 tags."""

    code = "NumberExceed.Tags"
    message = "The length of tags exceeded limit: 20."


class RequestTooLargeError(ApiError):
    """The request is larger than any that an action takes."""

    status = 413
    code = "RequestEntityTooLarge"
    message = "The request is too large."


class InternalError(ApiError):
    """The simulator itself failed; its log says how."""

    status = 500
    code = "InternalError"
    message = "The request processing has failed due to some unknown error."


class SignatureDoesNotMatchError(ApiError):
    """The signature isn't the one that the secret makes of this request.

    Its message says what was signed here. With the RPC signature, the official clients of old compare that
    with what they signed: where both are the same, they tell that the secret is wrong.
    Sources: DefaultAcsClient of aliyun-java-sdk-core, client.py of aliyun-python-sdk-core, the wrapper of
    this code in alibaba-cloud-sdk-go.
    """

    code = "SignatureDoesNotMatch"

    @classmethod
    def of_rpc(cls, string_to_sign: str) -> SignatureDoesNotMatchError:
        """Return the refusal of an RPC signature: nothing follows the string, nor is a colon before it."""
        return cls(
            "Specified signature is not matched with our calculation. server string to sign is:"
            + string_to_sign
        )

    @classmethod
    def of_v3(cls, string_to_sign: str, canonical_request: str) -> SignatureDoesNotMatchError:
        """Return the refusal of ACS3-HMAC-SHA256, whose string holds no more than the request's digest."""
        return cls(
            "Specified signature does not match our calculation."
            f" server StringToSign is [{string_to_sign}], server CanonicalRequest is [{canonical_request}]"
        )


class InvalidAccessKeyIdNotFoundError(ApiError):
    """No such access key."""

    status = 404
    code = "InvalidAccessKeyId.NotFound"
    message = "Specified access key is not found."


class SignatureNonceUsedError(ApiError):
    """A request was sent twice."""

    code = "SignatureNonceUsed"
    message = "Specified signature nonce was used already."


class InvalidTimeStampExpiredError(ApiError):
    """The request was signed more than 15 minutes away from now."""

    code = "InvalidTimeStamp.Expired"
    message = "Specified time stamp or date value is expired."


class InvalidTimeStampFormatError(ApiError):
    """The time of signing can't be read."""

    code = "InvalidTimeStamp.Format"
    message = "Specified time stamp or date value is not well formatted."


class IncompleteSignatureError(ApiError):
    """The request is signed in no form that the cloud knows, or leaves out what must be signed."""

    code = "IncompleteSignature"
    message = "The request signature does not conform to Aliyun standards."


class UnsupportedSignatureError(ApiError):
    """The signature's algorithm or version is one that the simulator doesn't verify."""

    code = "InvalidSignatureMethod"
    message = "Specified signature method is not supported: HMAC-SHA1 (1.0) and ACS3-HMAC-SHA256 are."


class DryRunOperationError(ApiError):
    """All would have been well."""

    code = "DryRunOperation"
    message = "Request validation has been passed with DryRun flag set."
