// Package client stands in for the OSS gateway client, a module that this project's registry doesn't serve.
// The alicloud provider links it; nothing here calls OSS, so the one constructor says that it can't.
package client

import (
	"errors"

	spi "github.com/alibabacloud-go/alibabacloud-gateway-spi/client"
)

// NewClient always fails: OSS isn't part of this build.
func NewClient() (spi.ClientInterface, error) {
	return nil, errors.New("this build of the alicloud plugin has no OSS client")
}
