terraform {
  backend "local" {
    path = "<cwd>/terraform.research.tfstate"
  }

  required_providers {
    huaweicloud = {
      source  = "huaweicloud/huaweicloud"
      version = ">= 1.73.2, < 2.0.0"
    }
    null = {
      source  = "hashicorp/null"
      version = "~> 3.2"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
  }
}

provider "huaweicloud" {
  enable_force_new = true
  region           = "cn-north-4"
}

provider "null" {}

provider "random" {}

data "terraform_remote_state" "cross-stack-reference-input-base" {
  backend = "local"
  config = {
    path = "<cwd>/terraform.base.tfstate"
  }
  workspace = terraform.workspace
}

resource "huaweicloud_ims_image_metadata" "image" {
  __os_version = data.terraform_remote_state.cross-stack-reference-input-base.outputs.cross-stack-output-huaweicloud_ims_image_metadataubuntu_image_508F0085__os_version
  min_disk     = data.terraform_remote_state.cross-stack-reference-input-base.outputs.cross-stack-output-huaweicloud_ims_image_metadataubuntu_image_508F0085min_disk
  name         = "research-${random_pet.release.id}"
  tags = [
    "owner=research",
    "base=${data.terraform_remote_state.cross-stack-reference-input-base.outputs.cross-stack-output-huaweicloud_ims_image_metadataubuntu_image_508F0085id}",
  ]
}

resource "null_resource" "announcement" {
  triggers = {
    image = huaweicloud_ims_image_metadata.image.id
  }
}

resource "random_pet" "release" {
  keepers = {
    base = data.terraform_remote_state.cross-stack-reference-input-base.outputs.cross-stack-output-huaweicloud_ims_image_metadataubuntu_image_508F0085id
  }
  length = 2
}

output "image_name" {
  value = huaweicloud_ims_image_metadata.image.name
}
