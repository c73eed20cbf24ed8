// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stddef.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

// libvirt takes every kind of event callback as one generic function pointer. The casts are made
// here, behind parameters of the right type, so that no caller can register the wrong function.

static inline int atoll_register_lifecycle(virConnectPtr connection,
                                           virConnectDomainEventCallback callback,
                                           void *context, virFreeCallback release) {
    return virConnectDomainEventRegisterAny(connection, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                            VIR_DOMAIN_EVENT_CALLBACK(callback), context, release);
}

static inline int atoll_register_removed(virConnectPtr connection,
                                         virConnectDomainEventDeviceRemovedCallback callback,
                                         void *context, virFreeCallback release) {
    return virConnectDomainEventRegisterAny(connection, NULL, VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED,
                                            VIR_DOMAIN_EVENT_CALLBACK(callback), context, release);
}

static inline int
atoll_register_removal_failed(virConnectPtr connection,
                              virConnectDomainEventDeviceRemovalFailedCallback callback,
                              void *context, virFreeCallback release) {
    return virConnectDomainEventRegisterAny(connection, NULL,
                                            VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED,
                                            VIR_DOMAIN_EVENT_CALLBACK(callback), context, release);
}

static inline int atoll_register_reboot(virConnectPtr connection,
                                        virConnectDomainEventGenericCallback callback,
                                        void *context, virFreeCallback release) {
    return virConnectDomainEventRegisterAny(connection, NULL, VIR_DOMAIN_EVENT_ID_REBOOT, callback,
                                            context, release);
}
