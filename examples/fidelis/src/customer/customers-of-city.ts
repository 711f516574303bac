import { domain } from "../fidelis";
import { Customer } from "./customer";

/** The customers of a city, by their names. */
export async function customersOfCity(city: string): Promise<readonly Customer[]> {
  return await domain.repositoryFor(Customer).where("city", "=", city).orderBy("name").all();
}
