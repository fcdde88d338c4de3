"use strict";
// The halves of the constructs that live in jsii's kernel. Everything that the CDK asks for at synthesis is answered
// here, without a call back into Python: one round trip makes a construct, none synthesizes it.
const declarations = require("./declarations.json");
const { resource, provider } = declarations;
const cdk = require(declarations.cdk); // cdktf or cdktn

const RTTI = Symbol.for("jsii.rtti");

function importable(terraformResourceType, scope, importToId, importFromId, provider) {
  return new cdk.ImportableResource(scope, importToId, { terraformResourceType, importId: importFromId, provider });
}

function present(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
}

function hclValue(value, kind) {
  if (!kind.fields || cdk.Tokenization.isResolvable(value)) return value;
  return Array.isArray(value) ? value.map((item) => hclAttributes(item, kind.fields)) : hclAttributes(value, kind.fields);
}

// Values under Terraform's names, each with the storage class by which cdktf writes it as HCL.
function hclAttributes(values, kinds) {
  const attributes = {};
  for (const [name, kind] of Object.entries(kinds)) {
    if (values[name] === undefined) continue;
    const { isBlock, type, storageClassType } = kind;
    attributes[name] = { value: hclValue(values[name], kind), isBlock, type, storageClassType };
  }
  return attributes;
}

// cdktf rewrites the keys of every map in a provider block, and so breaks maps that are tokens; it leaves lazy values.
function shieldMapTokens(values) {
  const isMapToken = (value) => Object.keys(Object(value)).some((key) => key.startsWith("&{TfToken["));
  const shield = (value) => (isMapToken(value) ? cdk.Lazy.anyValue({ produce: () => value }) : value);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shield(value)]));
}

// Warnings belong to arguments: a new value of an argument takes the warnings of the old one back.
function annotate(construct, name, messages) {
  const entries = construct.node._metadata;
  const stale = construct.warnings[name] ?? [];
  for (const message of stale) {
    const index = entries.findIndex((entry) => entry.type === "@cdktf/warn" && entry.data === message);
    if (index >= 0) entries.splice(index, 1);
  }
  construct.warnings[name] = messages;
  for (const message of messages) cdk.Annotations.of(construct).addWarning(message);
}

function assign(construct, name, value, warnings) {
  if (value === undefined || value === null) delete construct.values[name];
  else construct.values[name] = value;
  annotate(construct, name, warnings ?? []);
}

// The CDK leaves what stands in no stack out of everything, without a word, and calls methods at synthesis that the
// constructs of the other CDK lack. Stacks and apps of both pass as the CDK's own in isStack and isApp.
function requireStack(scope) {
  let stack = scope;
  while (stack && !cdk.TerraformStack.isStack(stack)) stack = stack.node.scope;
  if (!stack) throw new Error("Outside of a stack");
  const { root } = stack.node;
  const isMixed = !(stack instanceof cdk.TerraformStack) || (cdk.App.isApp(root) && !(root instanceof cdk.App));
  if (isMixed) throw new Error("Mixed CDKs");
}

// Plain values come as JSON text, which costs the kernel nothing to check; objects of the kernel come beside it.
function start(construct, text, objects) {
  const { values, warnings } = JSON.parse(text);
  construct.values = { ...values, ...present(objects ?? {}) };
  construct.warnings = {};
  for (const [name, messages] of Object.entries(warnings)) annotate(construct, name, messages);
}

// Terraform takes bare addresses in replace_triggered_by, where cdktf writes the templates that Terraform refuses.
function bareAddress(trigger) {
  const address = typeof trigger === "string" ? trigger : trigger.fqn;
  if (!cdk.Token.isUnresolved(address)) return address;
  const resolve = (context) => {
    context.suppressBraces = true;
    return address;
  };
  return cdk.Token.asString({ resolve, toString: () => address, creationStack: [] });
}

class ImsImageMetadata extends cdk.TerraformResource {
  static generateConfigForImport(...args) {
    return importable(resource.type, ...args);
  }

  constructor(scope, id, text, objects, meta) {
    requireStack(scope);
    super(scope, id, {
      terraformResourceType: resource.type,
      terraformGeneratorMetadata: { providerName: provider.type, providerVersionConstraint: provider.versionConstraint },
      ...meta,
    });
    start(this, text, objects);
  }

  get terraformMetaArguments() {
    const { lifecycle, ...others } = super.terraformMetaArguments;
    const triggers = this.lifecycle?.replaceTriggeredBy;
    if (!triggers?.length) return { lifecycle, ...others };
    return { lifecycle: { ...lifecycle, replaceTriggeredBy: triggers.map(bareAddress) }, ...others };
  }

  get tags() {
    return cdk.Fn.tolist(this.getListAttribute("tags"));
  }

  get timeouts() {
    this.timeoutsReference ??= new ImsImageMetadataTimeoutsOutputReference(this, "timeouts");
    return this.timeoutsReference;
  }

  readArgument(name) {
    return this.values[name];
  }

  assignArgument(name, value, warnings) {
    assign(this, name, value, warnings);
  }

  synthesizeAttributes() {
    return { ...this.values };
  }

  synthesizeHclAttributes() {
    return hclAttributes(this.values, resource.kinds);
  }
}

class ImsImageMetadataTimeoutsOutputReference extends cdk.ComplexObject {
  constructor(terraformResource, terraformAttribute) {
    super(terraformResource, terraformAttribute, false);
  }

  get internalValue() {
    return this.terraformResource.values.timeouts;
  }

  set internalValue(value) {
    assign(this.terraformResource, "timeouts", value);
  }

  get delete() {
    return this.getStringAttribute("delete");
  }

  set delete(value) {
    this.internalValue = { ...this.internalValue, delete: value };
  }

  get deleteInput() {
    return this.internalValue?.delete;
  }

  resetDelete() {
    this.internalValue = undefined;
  }
}

class HuaweicloudProvider extends cdk.TerraformProvider {
  static generateConfigForImport(...args) {
    return importable(provider.type, ...args);
  }

  constructor(scope, id, text, objects, versionConstraint) {
    requireStack(scope);
    super(scope, id, {
      terraformResourceType: provider.type,
      terraformGeneratorMetadata: { providerName: provider.type, providerVersionConstraint: versionConstraint },
      terraformProviderSource: provider.source,
    });
    start(this, text, objects);
  }

  get alias() {
    return this.values?.alias;
  }

  set alias(value) {
    assign(this, "alias", value);
  }

  readArgument(name) {
    return this.values[name];
  }

  assignArgument(name, value, warnings) {
    assign(this, name, value, warnings);
  }

  synthesizeAttributes() {
    const roles = cdk.listMapper((block) => block, true)(this.values.assume_role);
    return present({ ...shieldMapTokens(this.values), assume_role: roles });
  }

  synthesizeHclAttributes() {
    const roles = cdk.listMapperHcl((block) => block, true)(this.values.assume_role);
    return hclAttributes({ ...shieldMapTokens(this.values), assume_role: roles }, provider.kinds);
  }
}

for (const type of [ImsImageMetadata, ImsImageMetadataTimeoutsOutputReference, HuaweicloudProvider]) {
  type[RTTI] = { fqn: `constructs-ims.${type.name}`, version: "0.0.0" };
  exports[type.name] = type;
}
