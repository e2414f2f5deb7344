import type { ManagementCall } from './call.ts'
import { readableSubscription } from './subscriptions.ts'

interface Region {
  readonly name: string
  readonly displayName: string
  readonly geographyGroup: string
  readonly physicalLocation: string
  readonly longitude: string
  readonly latitude: string
  readonly pairedRegion: string
}

/** `GET /subscriptions/{id}/locations` */
export async function listLocations(call: ManagementCall): Promise<object> {
  const { id } = await readableSubscription(call, 'Microsoft.Resources/subscriptions/locations/read')
  const locationId = (name: string) => `/subscriptions/${id}/locations/${name}`
  return {
    value: regions.map(
      ({ name, displayName, geographyGroup, longitude, latitude, physicalLocation, pairedRegion }) => ({
        id: locationId(name),
        name,
        type: 'Region',
        displayName,
        regionalDisplayName: `(${geographyGroup}) ${displayName}`,
        metadata: {
          regionType: 'Physical',
          regionCategory: 'Recommended',
          geographyGroup,
          longitude,
          latitude,
          physicalLocation,
          pairedRegion: [{ name: pairedRegion, id: locationId(pairedRegion) }],
        },
      }),
    ),
  }
}

function region(
  displayName: string,
  geographyGroup: string,
  physicalLocation: string,
  [latitude, longitude]: readonly [latitude: string, longitude: string],
  pairedRegion: string,
): Region {
  const name = displayName.toLowerCase().replaceAll(' ', '')
  return { name, displayName, geographyGroup, physicalLocation, latitude, longitude, pairedRegion }
}

/** The regions that most resources can be in ("Azure regions list"). */
const regions: readonly Region[] = [
  region('East US', 'US', 'Virginia', ['37.3719', '-79.8164'], 'westus'),
  region('East US 2', 'US', 'Virginia', ['36.6681', '-78.3889'], 'centralus'),
  region('South Central US', 'US', 'Texas', ['29.4167', '-98.5'], 'northcentralus'),
  region('West US 2', 'US', 'Washington', ['47.233', '-119.852'], 'westcentralus'),
  region('West US 3', 'US', 'Phoenix', ['33.448376', '-112.074036'], 'eastus'),
  region('Central US', 'US', 'Iowa', ['41.5908', '-93.6208'], 'eastus2'),
  region('Australia East', 'Asia Pacific', 'New South Wales', ['-33.86', '151.2094'], 'australiasoutheast'),
  region('Southeast Asia', 'Asia Pacific', 'Singapore', ['1.283', '103.833'], 'eastasia'),
  region('Japan East', 'Asia Pacific', 'Tokyo, Saitama', ['35.68', '139.77'], 'japanwest'),
  region('Central India', 'Asia Pacific', 'Pune', ['18.5822', '73.9197'], 'southindia'),
  region('North Europe', 'Europe', 'Ireland', ['53.3478', '-6.2597'], 'westeurope'),
  region('West Europe', 'Europe', 'Netherlands', ['52.3667', '4.9'], 'northeurope'),
  region('Norway East', 'Europe', 'Norway', ['59.913868', '10.752245'], 'norwaywest'),
  region('Sweden Central', 'Europe', 'Gävle', ['60.67488', '17.14127'], 'swedensouth'),
  region('UK South', 'Europe', 'London', ['50.941', '-0.799'], 'ukwest'),
  region('France Central', 'Europe', 'Paris', ['46.3772', '2.373'], 'francesouth'),
  region('Germany West Central', 'Europe', 'Frankfurt', ['50.110924', '8.682127'], 'germanynorth'),
  region('Canada Central', 'Canada', 'Toronto', ['43.653', '-79.383'], 'canadaeast'),
  region('Brazil South', 'South America', 'Sao Paulo State', ['-23.55', '-46.633'], 'southcentralus'),
]
