// The alicloud resource plugin for the machines of this project's tests and demo: the real
// terraform-provider-alicloud behind Pulumi's Terraform bridge, with the few resources that
// examples/ and tests/ use under pulumi-alicloud's tokens. Built by tools/build_engine.py; users
// with a network run Pulumi's own plugin instead.
package main

import (
	"github.com/aliyun/terraform-provider-alicloud/alicloud"
	"github.com/hashicorp/terraform-plugin-sdk/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv1 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v1"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

const version = "4.0.0"

// minimalSchema is enough for the engine: the programs' types come from pulumi-alicloud itself.
const minimalSchema = `{"name":"alicloud","version":"` + version + `"}`

var resources = map[string]tokens.Type{
	"alicloud_vpc":                 "alicloud:vpc/network:Network",
	"alicloud_vswitch":             "alicloud:vpc/switch:Switch",
	"alicloud_nat_gateway":         "alicloud:vpc/natGateway:NatGateway",
	"alicloud_snat_entry":          "alicloud:vpc/snatEntry:SnatEntry",
	"alicloud_security_group":      "alicloud:ecs/securityGroup:SecurityGroup",
	"alicloud_security_group_rule": "alicloud:ecs/securityGroupRule:SecurityGroupRule",
	"alicloud_eip_address":         "alicloud:ecs/eipAddress:EipAddress",
	"alicloud_eip_association":     "alicloud:ecs/eipAssociation:EipAssociation",
	"alicloud_eci_image_cache":     "alicloud:eci/imageCache:ImageCache",
	"alicloud_eci_container_group": "alicloud:eci/containerGroup:ContainerGroup",
}

var dataSources = map[string]tokens.ModuleMember{
	"alicloud_zones":                            "alicloud:index/getZones:getZones",
	"alicloud_eci_zones":                        "alicloud:eci/getZones:getZones",
	"alicloud_eci_image_caches":                 "alicloud:eci/getImageCaches:getImageCaches",
	"alicloud_resource_manager_resource_groups": "alicloud:resourcemanager/getResourceGroups:getResourceGroups",
}

func main() {
	tfbridge.Main("alicloud", version, providerInfo(), []byte(minimalSchema))
}

func providerInfo() tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:           shimv1.NewProvider(alicloud.Provider().(*schema.Provider)),
		Name:        "alicloud",
		Version:     version,
		Resources:   map[string]*tfbridge.ResourceInfo{},
		DataSources: map[string]*tfbridge.DataSourceInfo{},
	}
	for name, token := range resources {
		info.Resources[name] = &tfbridge.ResourceInfo{Tok: token}
	}
	for name, token := range dataSources {
		info.DataSources[name] = &tfbridge.DataSourceInfo{Tok: token}
	}
	return info
}
